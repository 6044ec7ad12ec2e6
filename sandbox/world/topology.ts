import type { Topology } from '../../src/domain/simulation.ts';

export { Topology } from '../../src/domain/simulation.ts';

export const USUAL_TOPOLOGY: Topology = 'multi-az';
