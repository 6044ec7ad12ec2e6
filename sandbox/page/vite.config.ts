import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/**
 * The sandbox's page. Nothing is loaded from elsewhere, and nothing is inlined: its content security policy forbids both.
 * With `--mode gallery` it builds the gallery of messages instead, out of `gallery.json` beside this file.
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
 * The gallery is looked at as files, too, where browsers load no modules: it is one classic script, named relatively. It
 * is built to `dist/gallery/gallery.html`, or into the folder that `--outDir` names.
 */
function gallery(): UserConfig {
  return {
    base: './',
    plugins: [galleryData(), classicScript()],
    build: {
      ...shared.build,
      outDir: 'dist/gallery',
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

/** `virtual:gallery` is `gallery.json`. */
function galleryData(): Plugin {
  const data = join(import.meta.dirname, 'gallery.json');
  return {
    name: 'lifeboat:gallery-data',
    resolveId(id) {
      if (id !== 'virtual:gallery') return undefined;
      if (!existsSync(data)) this.error(`${data} is missing; npm run gallery makes it`);
      return data;
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
