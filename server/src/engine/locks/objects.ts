/**
 * Dispatcher objects that have no owner: events and semaphores, for the statements `wait` and `signal`.
 * Source: documentation of KeSetEvent, KeReleaseSemaphore and KeWaitForSingleObject.
 */
import type { LockKind } from './lockKind.ts';

function object(id: string, displayName: string): LockKind {
  const nothing = (): void => undefined;
  return {
    id,
    displayName,
    fair: false,
    replaceable: false,
    raiseTo: 'none',
    routines: [],
    layout: (memory, shape) => {
      memory.line();
      return { count: memory.word(Math.max(shape.limit, shape.count), shape.count) };
    },
    acquire: nothing,
    release: nothing,
    isObject: true,
  };
}

export const event: LockKind = object('event', 'synchronization event');
export const notificationEvent: LockKind = object('notification-event', 'notification event');
export const semaphore: LockKind = object('semaphore', 'semaphore');
