/**
 * Paths at which a value of type `Ours` does not fit a slot of type `Theirs`,
 * as string literals; `never` where it fits everywhere.
 *
 * Assignability alone would let an unknown property through at any depth below
 * a fresh literal; this walks both types together and names it. `Theirs` is
 * plain data (`pulumi.Unwrap`), maps (`{ [key: string]: … }`) take every key.
 */
export type Misfit<Ours, Theirs, Path extends string = ""> =
  | (Ours extends Theirs ? never : `${Path} does not fit`)
  | UnknownProperty<Ours, Theirs, Path>
  | MissingProperty<Ours, Theirs, Path>;

type Primitive = string | number | boolean | bigint | symbol | null | undefined;

type UnknownProperty<Ours, Theirs, Path extends string> = Ours extends Primitive
  ? never
  : Ours extends readonly (infer OurItem)[]
    ? ItemOf<Theirs> extends infer TheirItem
      ? UnknownProperty<OurItem, TheirItem, `${Path}[]`>
      : never
    : string extends keyof Ours
      ? never
      : {
          [Key in keyof Ours & string]: Key extends KeyOf<Theirs>
            ? UnknownProperty<NonNullable<Ours[Key]>, NonNullable<At<Theirs, Key>>, `${Path}.${Key}`>
            : `${Path}.${Key} is unknown`;
        }[keyof Ours & string];

/** A property that `Theirs` requires and `Ours` does not have, or may leave out. */
type MissingProperty<Ours, Theirs, Path extends string> = {
  [Key in RequiredKeys<Theirs>]: Key extends RequiredKeys<Ours> ? never : `${Path}.${Key} is required`;
}[RequiredKeys<Theirs>];

type ItemOf<List> = List extends readonly (infer Item)[] ? Item : never;
type KeyOf<Type> = Type extends unknown ? keyof Type : never;
type At<Type, Key extends PropertyKey> = Type extends unknown ? (Key extends keyof Type ? Type[Key] : never) : never;
type RequiredKeys<Type> = { [Key in keyof Type & string]-?: object extends Pick<Type, Key> ? never : Key }[keyof Type & string];
