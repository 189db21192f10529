import { matchesGlob } from "node:path";
import type { Import } from "./imports.ts";

/** What a rule lets its files import: files of the repository by a glob from its root, or a package by its name. */
export interface Allowed {
  /** A glob such as `src/domain/*`, or what stands behind `from` where a package is imported. */
  readonly target: string;
  /** Whether only types may be imported. They are erased, so that nothing of the target runs. */
  readonly isTypesOnly?: boolean;
  /** The only names that may be imported. Any name when missing. */
  readonly names?: readonly string[];
}

/** What some files may import, beside the files of their own folder. Several rules may name a file: they add up. */
export interface Rule {
  /** A glob from the root of the repository. */
  readonly files: string;
  readonly reason: string;
  readonly mayImport: readonly Allowed[];
}

/** Allows the targets, for values as well as types. */
export function all(...targets: string[]): Allowed[] {
  return targets.map((target) => ({ target }));
}

/** Allows the types of the targets, and none of their values. */
export function types(...targets: string[]): Allowed[] {
  return targets.map((target) => ({ target, isTypesOnly: true }));
}

/** Allows some names of a target, and none of its others. */
export function only(names: readonly string[], target: string): Allowed[] {
  return [{ target, names }];
}

/** Whether the allowance is for what is imported: its module, its names, and whether it is a value. */
export function allows({ target, isTypesOnly, names }: Allowed, imported: Import): boolean {
  return (
    matches(imported.target, target) &&
    (!isTypesOnly || imported.isTypeOnly) &&
    (names === undefined || (imported.names.length > 0 && imported.names.every((name) => names.includes(name))))
  );
}

const matched = new Map<string, boolean>();

/** Whether the glob matches the path, or the package's name. Remembered: a glob is compiled each time that it is asked. */
export function matches(path: string, glob: string): boolean {
  const key = `${glob}\0${path}`;
  let result = matched.get(key);
  if (result === undefined) {
    result = path === glob || matchesGlob(path, glob);
    matched.set(key, result);
  }
  return result;
}
