import { Big } from 'big.js';

/**
 * The one constructor of decimals: no other user of big.js can change these settings, and a float is a TypeError. Takes
 * any text that is a number; what others send is checked before, as a long exponent exhausts the memory.
 */
export const Decimal = Big();
Decimal.strict = true;
Decimal.DP = 20;
Decimal.RM = Big.roundHalfUp;

export const ZERO = new Decimal('0');
