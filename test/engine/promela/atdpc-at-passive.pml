/* Scenario 3: a thread takes lock 0 without raising; a DPC of the same CPU takes it too. */
#include "kernel.pml"
#define DEAD STUCK(2, 0, 0, 1)
init { top[0] = 1; atomic { run thread(); run dpc(); run watch() } }
proctype thread() { acquire(1, 0, 0); release(1, 0, 0) }
proctype dpc() { byte below, saved; enter(2, 0, 2); acquire(2, 0, 0); release(2, 0, 0); leave(2, 0) }
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
