/**
 * Where market data comes from.
 *
 * @packageDocumentation
 */

export type { BarsQuery, Provider, ProviderCall } from '../providers/provider.ts';
export { type ReplayOptions, ReplayProvider } from '../providers/replay/replay-provider.ts';
