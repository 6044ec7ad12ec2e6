import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** An element's content: an array repeats its element, undefined leaves it out. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [name: string]: Xml };

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: false });

/** Values stay text: the schema of the operation says what is a number. */
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });

/** A document with one root element in the service's namespace. */
export function renderXml(root: string, namespace: string, content: { readonly [name: string]: Xml }): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { '@xmlns': namespace, ...content } })}`;
}

/** The document as nested objects; a repeated element becomes an array. Throws when it is not well formed. */
export function parseXml(text: string): unknown {
  return parser.parse(text, true);
}

/** A timestamp as the services write it. */
export function timestamp(worldMilliseconds: number): string {
  return new Date(worldMilliseconds).toISOString();
}
