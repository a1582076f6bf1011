import { readFileSync, writeFileSync } from 'node:fs';
import { assetPath } from '../../src/kernel/assets.ts';
import { ALERTS_FILE, printAlerts, RULES_FILE } from './print-alerts.ts';

writeFileSync(assetPath(ALERTS_FILE), printAlerts(readFileSync(assetPath(RULES_FILE), 'utf8')));
