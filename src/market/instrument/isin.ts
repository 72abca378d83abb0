const FORM = /^[A-Z]{2}[A-Z0-9]{9}\d$/;

/**
 * Issues that are bonds by the first letters of their ISIN: notes, bonds and bills
 * of the United States, bonds of the German federation, and `XS`, under which
 * Euroclear and Clearstream number international debt.
 */
const BONDS = /^(?:US9127|US9128|US91282|DE000(?:11|BU)|XS)/;

/** Whether a text has the form of an ISIN (ISO 6166); its check digit may be wrong. */
export function looksLikeIsin(text: string): boolean {
  return FORM.test(text);
}

/**
 * The digit with which an ISIN must end: Luhn's, over its characters with letters
 * as 10 to 35.
 *
 * @param text an ISIN, or its first eleven characters.
 */
export function isinCheckDigit(text: string): number {
  const digits = [...text.slice(0, 11)].map((character) => Number.parseInt(character, 36)).join('');
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether a text is an ISIN, its check digit right. */
export function isIsin(text: string): boolean {
  return FORM.test(text) && isinCheckDigit(text) === Number(text[11]);
}

/** Whether an ISIN tells by itself that it is a bond's. */
export function isBondIsin(isin: string): boolean {
  return BONDS.test(isin);
}
