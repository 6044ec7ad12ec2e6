import { join } from 'node:path';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/**
 * The sandbox's page. Nothing is loaded from elsewhere, and nothing is inlined: its content security policy forbids both.
 * In mode `gallery` it builds the gallery of messages instead; `npm run gallery` gives it the messages.
 */
export default defineConfig(({ mode }) => (mode === 'gallery' ? { ...shared, ...gallery() } : shared));

const shared: UserConfig = {
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic' } },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'es2023',
    // The first that know light-dark(): what stands in for it cannot be turned over within a page.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
};

/**
 * The gallery is looked at as files, too, where browsers load no modules: it is one classic script, named relatively.
 */
function gallery(): UserConfig {
  return {
    base: './',
    plugins: [classicScript()],
    build: {
      ...shared.build,
      // In a script of this kind, styles would else be put into the page by the script itself.
      cssCodeSplit: false,
      // The messages themselves are in it.
      chunkSizeWarningLimit: 5000,
      rolldownOptions: {
        input: join(import.meta.dirname, 'gallery.html'),
        output: {
          format: 'iife',
          entryFileNames: 'gallery.js',
          assetFileNames: '[name][extname]',
        },
      },
    },
  };
}

/** Scripts and style sheets as pages had them before modules: nothing of them is asked for across origins. */
function classicScript(): Plugin {
  return {
    name: 'lifeboat:classic-script',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        html.replaceAll('<script type="module" crossorigin', '<script defer').replaceAll(' crossorigin', ''),
    },
  };
}
