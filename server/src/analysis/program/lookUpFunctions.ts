/**
 * Which functions a plain name means in a file: the file's own, then the project's, then inline ones of included headers, then
 * libraries reached by includes, then the only one of that name in the workspace. The first tier that has any wins.
 */
import type { Atom } from '../../syntax/atoms.ts';
import type { FunctionId } from '../program.ts';
import { isHeader } from './projects.ts';
import type { WorkspaceProgram } from './workspaceProgram.ts';

const NONE: readonly FunctionId[] = [];

/** Functions named `name` as seen from the file at `path`; methods of classes included, told apart by the caller. */
export function functionsNamed(program: WorkspaceProgram, path: string, name: Atom): readonly FunctionId[] {
  const file = program.files.get(path);
  if (file === undefined) return NONE;
  const own = file.index.functions.get(name);
  if (own !== undefined) return own.map((i) => file.functionIds[i] ?? -1);
  const keys = program.parts.projects.projectsOf(path);
  for (const key of keys) {
    const index = program.indexOf(key);
    const inProject = withoutForeignStatics(program, index.functions.get(name));
    if (inProject.length > 0) return inProject;
    const inHeaders = index.headerFunctions.get(name);
    if (inHeaders !== undefined) return inHeaders;
  }
  for (const key of keys) {
    for (const library of program.indexOf(key).libraries) {
      const found = withoutForeignStatics(program, program.indexOf(library).functions.get(name));
      if (found.length > 0) return found;
    }
  }
  return onlyOne(program, name);
}

/** A static function of another source file is no candidate; one of a header is, since headers are included. */
function withoutForeignStatics(
  program: WorkspaceProgram,
  ids: readonly FunctionId[] | undefined,
): readonly FunctionId[] {
  if (ids === undefined) return NONE;
  const isVisible = (id: FunctionId): boolean => {
    const unit = program.functions[id];
    return unit !== undefined && (!unit.head.isStatic || unit.head.scope !== '' || isHeader(unit.file.path));
  };
  return ids.every(isVisible) ? ids : ids.filter(isVisible);
}

/** The single function of that name in libraries and plain folders; with several, nobody knows which is linked. */
function onlyOne(program: WorkspaceProgram, name: Atom): readonly FunctionId[] {
  const ids = program.globalFunctions(name);
  return ids.length === 1 ? ids : NONE;
}
