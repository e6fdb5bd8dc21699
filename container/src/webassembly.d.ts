/** The part of WebAssembly that is used here; TypeScript declares it only for browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { readonly [module: string]: { readonly [name: string]: unknown } });
    readonly exports: { readonly [name: string]: unknown };
  }
  class Memory {
    constructor(pages: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
    readonly buffer: ArrayBuffer;
    /** Adds pages of 64 KiB, and gives `buffer` a new identity. */
    grow(pages: number): number;
  }
  function validate(bytes: Uint8Array): boolean;
}
