/** All lock kinds by id. A new kind is one file and one row here. */
import { array } from './array.ts';
import { cancel } from './cancel.ts';
import { clh } from './clh.ts';
import { exSpin } from './exSpin.ts';
import { interrupt } from './interrupt.ts';
import type { LockKind } from './lockKind.ts';
import { ndisRw } from './ndisRw.ts';
import { event, notificationEvent, semaphore } from './objects.ts';
import { queued } from './queued.ts';
import { tas } from './tas.ts';
import { ticket, ticketOneLine } from './ticket.ts';
import { ttas, ttasStore } from './ttas.ts';
import { fastMutex, guardedMutex, mutex, pushLock, resource } from './waitLocks.ts';

/** In the order of the manual. */
export const lockKinds: readonly LockKind[] = [
  ttas,
  ttasStore,
  queued,
  tas,
  ticket,
  ticketOneLine,
  clh,
  array,
  interrupt,
  cancel,
  exSpin,
  ndisRw,
  fastMutex,
  guardedMutex,
  mutex,
  resource,
  pushLock,
  event,
  notificationEvent,
  semaphore,
];

const byId = new Map(lockKinds.map((kind) => [kind.id, kind]));

export function findLockKind(id: string): LockKind | undefined {
  return byId.get(id);
}
