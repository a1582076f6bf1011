/** Every second round is warm: what is cached of a sale is read before its load. */
export const temperatureOf = (round: number): 'cold' | 'warm' =>
  round % 2 === 1 ? 'cold' : 'warm';
