/**
 * Kernel rules do not speak of user-mode code: UMDF drivers, installers and test programs in a driver's tree.
 */
import type { FileUnit } from '../analysis/program.ts';

/** Whether rules apply to the file: everything but code known to run in user mode. */
export function isSpeakingOf(file: FileUnit & { readonly mode?: string }): boolean {
  return file.mode !== 'user';
}
