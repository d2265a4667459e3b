/** How long a sign-in lasts. */
export const sessionMaxAgeMs = 7 * 24 * 3_600_000;
