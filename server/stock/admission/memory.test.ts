import { describeAdmission } from './admission.contract.ts';
import { createAdmission } from './index.ts';

describeAdmission('memory', (deps) =>
  createAdmission({ ...deps, name: 'memory', observe: () => {} }),
);
