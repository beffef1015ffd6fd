/** Typedefs and `using X = Y`: aliases, pointers, function types and function pointer types with their annotations. */
import { behindBracket, rangeAt, type DeclarationReader } from './declarationReader.ts';
import { annotationsBetween } from './functionHeads.ts';
import type { HeadScan } from './headScan.ts';
import { readParameters } from './parameters.ts';
import { word } from './vocabulary.ts';
import { readDeclarators, typeNameBefore } from './variables.ts';

/** Adds the aliases of `typedef ... A, *B, (*C)(int), D(int);` whose `;` is at `end`. */
export function addAliases(r: DeclarationReader, scan: HeadScan, end: number): void {
  const declarators = readDeclarators(r, scan.start, end);
  const first = declarators[0];
  if (first === undefined) return;
  const annotations = annotationsBetween(r, scan.start, end);
  const target = typeNameBefore(r, scan.start, first.name >= 0 ? first.name : end);
  for (const d of declarators) {
    if (d.name < 0) continue;
    const isFunctionType = !d.isFunctionPointer && d.open >= 0;
    const params =
      d.open >= 0 && r.live.atom[d.open] === word['(']
        ? readParameters(r, d.open, behindBracket(r, d.open, end) - 1)
        : [];
    r.lists.aliases.push({
      name: r.live.atom[d.name]!,
      target,
      pointerDepth: d.isFunctionPointer ? Math.max(0, d.pointerDepth) : d.pointerDepth,
      isFunctionType,
      isFunctionPointer: d.isFunctionPointer,
      params,
      annotations,
      ...rangeAt(r, scan.start, end),
    });
  }
}

/** Adds `using Name = Type;` that begins at `from`. */
export function addUsing(r: DeclarationReader, from: number, end: number): void {
  if (r.live.atom[from + 2] !== word['=']) return;
  r.lists.aliases.push({
    name: r.live.atom[from + 1]!,
    target: typeNameBefore(r, from + 3, end),
    pointerDepth: r.live.atom[end - 1] === word['*'] ? 1 : 0,
    isFunctionType: false,
    isFunctionPointer: false,
    params: [],
    annotations: [],
    ...rangeAt(r, from, end),
  });
}
