/* Scenario 4: the thread owns lock 0 at DISPATCH_LEVEL, the ISR (5) takes it. */
#include "kernel.pml"
#define DEAD STUCK(2, 0, 0, 1)
init { top[0] = 1; atomic { run thread(); run isr(); run watch() } }
proctype thread() { raise(1, 0, 2); acquire(1, 0, 0); release(1, 0, 0); lower(1, 0, 0) }
proctype isr() { byte below, saved; enter(2, 0, 5); acquire(2, 0, 0); release(2, 0, 0); leave(2, 0) }
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
