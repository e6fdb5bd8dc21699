/** An image that is refused: whose fault it is says the code, what to do the message. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  constructor(
    /** Row of the error table (contract/errors.ts). */
    readonly code: "image-unsupported" | "image-too-large" | "image-unreadable",
    message: string,
  ) {
    super(message);
  }
}

export interface ImageFormat {
  readonly name: string;
  readonly mediaType: string;
  /** The one libvips operation that may read it. */
  readonly loader: string;
}

/** What is read. SVG is not among them: it is a program that draws, and may fetch. */
export const imageFormats = Object.freeze({
  jpeg: { name: "JPEG", mediaType: "image/jpeg", loader: "VipsForeignLoadJpegBuffer" },
  png: { name: "PNG", mediaType: "image/png", loader: "VipsForeignLoadPngBuffer" },
  webp: { name: "WebP", mediaType: "image/webp", loader: "VipsForeignLoadWebpBuffer" },
  gif: { name: "GIF", mediaType: "image/gif", loader: "VipsForeignLoadNsgifBuffer" },
  tiff: { name: "TIFF", mediaType: "image/tiff", loader: "VipsForeignLoadTiffBuffer" },
} satisfies { [name: string]: ImageFormat });

/** The format by its first bytes; what a caller declares is not trusted. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const starts = (text: string, at = 0): boolean =>
    bytes.length >= at + text.length && [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
  if (starts("\xff\xd8\xff")) return imageFormats.jpeg;
  if (starts("\x89PNG\r\n\x1a\n")) return imageFormats.png;
  if (starts("RIFF") && starts("WEBP", 8)) return imageFormats.webp;
  if (starts("GIF87a") || starts("GIF89a")) return imageFormats.gif;
  if (starts("II*\0") || starts("MM\0*")) return imageFormats.tiff;
  return undefined;
}
