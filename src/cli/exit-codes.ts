/** What the exit code of every command says. */
export const EXIT_DONE = 0;
/** The command ran, and what it checked is not in order. */
export const EXIT_CHECK_FAILED = 1;
/** The command could not do its work: wrong arguments, unusable configuration, an address that is taken. */
export const EXIT_COULD_NOT_RUN = 2;
