/** All lock kinds by id. A new kind is one file and one row here. */
import type { LockKind } from './lockKind.ts';
import { queued } from './queued.ts';
import { tas } from './tas.ts';
import { ticket, ticketOneLine } from './ticket.ts';
import { ttas, ttasStore } from './ttas.ts';

/** In the order of the manual. */
export const lockKinds: readonly LockKind[] = [ttas, ttasStore, queued, tas, ticket, ticketOneLine];

const byId = new Map(lockKinds.map((kind) => [kind.id, kind]));

export function findLockKind(id: string): LockKind | undefined {
  return byId.get(id);
}
