import gallery from 'virtual:gallery';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import '../style/tokens.css';
import '../style/base.css';
import { GalleryPage } from './gallery-page.tsx';

// The page may be served under a policy that forbids compiling text to code, which zod would otherwise try.
config({ jitless: true });

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <GalleryPage gallery={gallery} />
  </StrictMode>,
);
