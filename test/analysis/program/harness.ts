// Programs from fixtures, and answers as short texts that tests can compare.
import {
  createWorkspaceHost,
  createProgram,
  type WorkspaceHost,
} from '../../../server/src/analysis/program/workspaceHost.ts';
import type {
  AnalysisSettings,
  Callee,
  FunctionUnit,
  Program,
} from '../../../server/src/analysis/program.ts';
import { loadFacts } from '../../../server/src/ddi/loadFacts.ts';
import { calleeAtom, NodeKind } from '../../../server/src/syntax/ir.ts';
import { parseFixture } from '../../harness/fixture.ts';

export const settings: AnalysisSettings = { arch: 'x64', defines: {}, ignoreIrqlAnnotations: false };
const ddi = loadFacts({ arch: 'x64' });

/** The program of a fixture. */
export function programOf(fixture: string): Program {
  return createProgram(parseFixture(fixture).files, { settings, ddi });
}

/** A host with the fixture's files in it. */
export function hostOf(fixture: string): WorkspaceHost {
  const host = createWorkspaceHost({ settings, ddi });
  host.update([...parseFixture(fixture).files].map(([path, text]) => ({ path, text })));
  return host;
}

/** The only function of that qualified name, in the file whose path ends with `path` when given. */
export function functionOf(program: Program, name: string, path = ''): FunctionUnit {
  const found = program.functions.filter(
    (unit) => unit.qualifiedName === name && unit.file.path.endsWith(path),
  );
  if (found[0] === undefined || found.length > 1)
    throw new Error(`${String(found.length)} functions named ${name}`);
  return found[0];
}

/** Roles as `TYPE how min..max upper (via)`, in order. */
export function rolesOf(program: Program, name: string, path = ''): string[] {
  return program.rolesOf(functionOf(program, name, path).id).map(({ fact, how, min, max, upper, via }) => {
    return `${fact.type} ${how} ${String(min)}..${String(max)} ${upper} (${via})`;
  });
}

/** The callee of every call of a function, as `name -> answer`. */
export function callsOf(program: Program, name: string, path = ''): string[] {
  const unit = functionOf(program, name, path);
  const ir = unit.ir();
  const calls: string[] = [];
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Call) continue;
    const atom = calleeAtom(ir, node);
    const first = ir.first[node] ?? -1;
    const text = atom >= 0 ? program.atoms.text(atom) : `.${program.atoms.text(ir.atom[first] ?? 0)}`;
    calls.push(`${text} -> ${describeCallee(program, program.resolveCall(unit, node))}`);
  }
  return calls;
}

/** The callee in short words. */
export function describeCallee(program: Program, callee: Callee): string {
  switch (callee.kind) {
    case 'functions': {
      const names = callee.ids.map((id) => {
        const unit = program.functions[id];
        return unit === undefined ? '?' : `${unit.file.path}:${unit.qualifiedName}`;
      });
      return (callee.isExact ? '' : 'one of ') + names.sort().join(', ');
    }
    case 'role':
      return `role ${callee.role.type}`;
    case 'ddi':
    case 'declared':
    case 'neutral':
    case 'unknown':
      return callee.kind;
  }
}
