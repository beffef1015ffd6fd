/** Wrong use of the command line or wrong input of the user: exit code 2, message on stderr, nothing on stdout. */
export class UsageError extends Error {}
