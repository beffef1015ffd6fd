// ESLint rule `house/floors`: every import of a file stays within what scripts/floors.mjs allows its floor.
// It resolves relative imports to real paths, so that a folder named like a floor elsewhere is no trouble.
import path from 'node:path';
import { floorOf, mayImport, mayImportPackage } from '../floors.mjs';

const protocolEntry = 'irql-lens-server/protocol';

function slashed(file) {
  return file.split(path.sep).join('/');
}

/** The sentence that says what is wrong with one import, or undefined where it is fine. */
export function floorProblem(root, file, specifier) {
  const from = floorOf(slashed(path.relative(root, file)));
  if (from === undefined) return undefined;
  if (specifier.startsWith('.')) {
    const target = slashed(path.relative(root, path.resolve(path.dirname(file), specifier)));
    const to = floorOf(target) ?? floorOf(`${target}/index.ts`);
    if (to !== undefined && mayImport(from, to)) return undefined;
    if (to === undefined && target.endsWith('.json')) return undefined;
    return `floor '${from.name}' may not import '${to?.name ?? target}': see scripts/floors.mjs`;
  }
  if (specifier.startsWith('irql-lens-server') && specifier !== protocolEntry)
    return `only '${protocolEntry}' may be imported from the server package`;
  if (!mayImportPackage(from, specifier))
    return `floor '${from.name}' may not import the package '${specifier}': see scripts/floors.mjs`;
  return undefined;
}

/** The rule; its one option is the repository root. */
export const floorRule = {
  meta: {
    type: 'problem',
    docs: { description: 'imports go down the floors only' },
    schema: [{ type: 'string' }],
    messages: { floor: '{{problem}}' },
  },
  create(context) {
    const [root] = context.options;
    const check = (source) => {
      if (source == null || typeof source.value !== 'string') return;
      const problem = floorProblem(root, context.filename, source.value);
      if (problem !== undefined) context.report({ node: source, messageId: 'floor', data: { problem } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal ?? null),
    };
  },
};
