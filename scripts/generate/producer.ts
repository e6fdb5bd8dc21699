/** One generated file. */
export interface Producer {
  /** In the repository, with `/`. */
  readonly path: string;
  /** The whole content, ending in a line end. Given what is there now, for files of which only blocks are generated. */
  readonly produce: (current: string) => string | Promise<string>;
}
