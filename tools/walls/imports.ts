import { dirname, join } from "node:path/posix";
import { type ExportSpecifier, type ImportDeclarationSpecifier, parseSync, Visitor } from "oxc-parser";

/** An import of another module, in any of the forms that TypeScript has for it. */
export interface Import {
  /** The file that imports, as a path from the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** A path from the root of the repository; the name of a package or of a part of Node; or {@link COMPUTED}. */
  readonly target: string;
  /** The imported names; `*` for all of them. Empty where a module is imported for its effects. */
  readonly names: readonly string[];
  /** Whether the import is erased, since it is of types alone. */
  readonly isTypeOnly: boolean;
}

/** The `imports` of package.json. */
const ALIASES = /^#(?=(?:src|gen)\/)/;

const ANY = ["*"];

/** The target of an import whose module is computed when it runs. */
export const COMPUTED = "(computed)";

/**
 * Returns the imports of a TypeScript source: of values, of types, dynamic ones, what it exports from other modules, and the
 * `.ts` and `.json` files that it names by `new URL(…, import.meta.url)`, such as the entry of a worker thread.
 * Throws when the source has a syntax error.
 */
export function importsOf(file: string, source: string): Import[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) {
    throw new Error(`${file}: ${errors[0]?.message}`);
  }
  const imports: Import[] = [];

  function add(at: number, module: string, names: readonly string[], isTypeOnly: boolean): void {
    const target = module.startsWith(".") ? join(dirname(file), module) : module.replace(ALIASES, "");
    imports.push({ file, line: lineAt(at), target, names, isTypeOnly });
  }

  function lineAt(offset: number): number {
    return source.slice(0, offset).split("\n").length;
  }

  new Visitor({
    ImportDeclaration({ start, source, importKind, specifiers }) {
      const isTypeOnly = importKind === "type" || (specifiers.length > 0 && specifiers.every(isTypeSpecifier));
      add(start, source.value, specifiers.map(importedName), isTypeOnly);
    },
    ExportNamedDeclaration({ start, source, exportKind, specifiers }) {
      if (source) {
        const isTypeOnly = exportKind === "type" || (specifiers.length > 0 && specifiers.every(isTypeSpecifier));
        add(start, source.value, specifiers.map(exportedName), isTypeOnly);
      }
    },
    ExportAllDeclaration({ start, source, exportKind }) {
      add(start, source.value, ANY, exportKind === "type");
    },
    ImportExpression({ start, source }) {
      const isName = source.type === "Literal" && typeof source.value === "string";
      add(start, isName ? source.value : COMPUTED, ANY, false);
    },
    TSImportType({ start, source }) {
      add(start, source.value, ANY, true);
    },
    TSImportEqualsDeclaration({ start, moduleReference, importKind }) {
      if (moduleReference.type === "TSExternalModuleReference") {
        add(start, moduleReference.expression.value, ANY, importKind === "type");
      }
    },
    NewExpression({ start, callee, arguments: [path, base] }) {
      const isOfThisFile = base?.type === "MemberExpression" && base.object.type === "MetaProperty";
      if (callee.type === "Identifier" && callee.name === "URL" && isOfThisFile && path?.type === "Literal") {
        const target = String(path.value);
        if (/\.(?:ts|json)$/.test(target)) {
          add(start, target.startsWith(".") ? target : `./${target}`, ANY, false);
        }
      }
    },
  }).visit(program);
  return imports;
}

function isTypeSpecifier(specifier: ImportDeclarationSpecifier | ExportSpecifier): boolean {
  return (
    (specifier.type === "ImportSpecifier" && specifier.importKind === "type") ||
    (specifier.type === "ExportSpecifier" && specifier.exportKind === "type")
  );
}

function importedName(specifier: ImportDeclarationSpecifier): string {
  switch (specifier.type) {
    case "ImportSpecifier":
      return specifier.imported.type === "Identifier" ? specifier.imported.name : specifier.imported.value;
    case "ImportDefaultSpecifier":
      return "default";
    default:
      return "*";
  }
}

function exportedName({ local }: ExportSpecifier): string {
  return local.type === "Literal" ? local.value : local.name;
}
