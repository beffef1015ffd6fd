/**
 * Rows of every file, part by part on this thread, for the commands that print what the inference says.
 */
import type { FileUnit } from '../analysis/program.ts';
import { cutWorkspace } from './check.ts';
import { createPartTasks, type OpenedPart } from './partTasks.ts';
import type { Workspace } from './workspace.ts';

/** All rows, in the order of the workspace's files. */
export async function rowsOfParts<Row>(
  workspace: Workspace,
  createReader: (opened: OpenedPart) => (file: FileUnit) => readonly Row[],
): Promise<Row[]> {
  const { settings, facts } = workspace;
  const tasks = createPartTasks({ settings, facts, rules: { severities: {} } });
  const { parts, paths } = await cutWorkspace(workspace, (batches) =>
    Promise.resolve(batches.flatMap((batch) => tasks.digest(batch))),
  );
  tasks.setPaths(paths);
  const rows = new Map<string, readonly Row[]>();
  for (const part of parts) {
    const opened = tasks.open(part);
    const rowsOf = createReader(opened);
    for (const file of opened.program.files.values()) rows.set(file.path, rowsOf(file));
  }
  return paths.flatMap((path) => rows.get(path) ?? []);
}
