const entities: { readonly [character: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

const escaped = (value: string): string => value.replace(/[&<>"\r]/g, (character) => entities[character]!);

/** `<name attribute="…">children</name>`; the children are XML already. */
export function element(name: string, attributes: { readonly [name: string]: string }, children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${written.join("")}>${children.join("")}</${name}>`;
}

/** An element that holds text. */
export const text = (name: string, value: string): string => `<${name}>${escaped(value)}</${name}>`;

export const document = (root: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
