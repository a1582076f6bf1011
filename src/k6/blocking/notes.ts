import type { Vu, VuMetric } from '../../load/vu/vu.ts';
import { warnOnce } from '../runtime/shared-state.ts';
import type { Note } from './messages.ts';
import { unpackThrown } from './thrown-value.ts';

/** Counts or shows something that happened in the thread of a VU. */
export function takeNote(
  note: Note,
  vu: Vu,
  metrics: VuMetric[],
  describeError: (error: unknown) => string,
): void {
  switch (note.type) {
    case 'log':
      vu.log(note.line);
      break;
    case 'warning':
      warnOnce(vu, note.subject, note.message);
      break;
    case 'sample': {
      const { tags = {} } = note;
      metrics[note.metric]?.add(note.value, {
        tag: (name) => tags[name] ?? vu.tag(name),
        allTags: () => tags,
      });
      break;
    }
    case 'group':
      vu.checks.enter(note.group);
      break;
    case 'check':
      vu.checks.count(note.group, note.name, note.passed);
      break;
    case 'abort':
      vu.run.abort(note.reason);
      break;
    case 'fail':
      vu.run.fail(note.reason);
      break;
    case 'rejection':
      vu.run.fail(describeError(unpackThrown(note.error, true)), true);
      break;
  }
}
