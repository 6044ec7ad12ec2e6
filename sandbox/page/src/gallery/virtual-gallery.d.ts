/** The messages that are shown, put into the page when it is built. */
declare module 'virtual:gallery' {
  const gallery: import('./gallery.ts').Gallery;
  export default gallery;
}
