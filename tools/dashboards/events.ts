import { serverMetrics } from '../../src/metrics/catalogue.ts';
import type { Dashboard } from './dashboard.ts';
import { ofDatabase, ofProcesses, perSecond } from './queries.ts';

const m = serverMetrics;

/** The events of the server on their way from the outbox to those who are told. */
export const events: Dashboard = {
  name: 'events',
  title: 'Events and consumers',
  rows: [
    {
      title: 'Outbox and consumers',
      panels: [
        {
          shows: 'number',
          width: 6,
          unit: 'short',
          title: 'Events on their way',
          description:
            'With Kafka still to be published, without it still to be handled by some group.',
          queries: [{ expr: ofDatabase(m.outboxEvents), legend: 'events' }],
        },
        {
          shows: 'number',
          width: 6,
          unit: 'short',
          redFrom: 1000,
          title: 'Lag of the slowest group',
          description:
            'Events that the group which is farthest behind has still to handle. The alert is at 1,000.',
          queries: [{ expr: ofDatabase(m.consumerLag), legend: 'events' }],
        },
        {
          shows: 'number',
          width: 6,
          unit: 'short',
          redFrom: 1,
          title: 'Dead letters',
          description:
            'Events that their group could not handle; flashsale-cli dlq lists them and hands them over again.',
          queries: [{ expr: `sum(${ofDatabase(m.deadLetters, ['group'])})`, legend: 'events' }],
        },
        {
          shows: 'number',
          width: 6,
          unit: 'short',
          title: 'Tracked events to be stored',
          description: 'Events that clients told the analytics of and that wait in the processes.',
          queries: [{ expr: ofProcesses(m.tracksWaiting), legend: 'events' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'short',
          title: 'Events on their way over time',
          description: 'A line that stays above 0 while nothing is handled is a stuck outbox.',
          queries: [{ expr: ofDatabase(m.outboxEvents), legend: 'events' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'short',
          title: 'Lag by group',
          description: 'Events that each consumer group has still to handle.',
          queries: [{ expr: ofDatabase(m.consumerLag, ['group']), legend: '{{group}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'eps',
          title: 'Events handled per second',
          description: 'By consumer group, each event once per group.',
          queries: [{ expr: perSecond(m.eventsHandled, ['group']), legend: '{{group}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'eps',
          title: 'Events published to Kafka per second',
          description: 'By topic, repetitions not counted.',
          queries: [{ expr: perSecond(m.eventsPublished, ['topic']), legend: '{{topic}}' }],
          needs: 'Kafka',
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'eps',
          title: 'Retries per second',
          description: 'Events that were handed to their group again because handling them failed.',
          queries: [{ expr: perSecond(m.eventRetries, ['group']), legend: '{{group}}' }],
          needs: 'a consumer that fails',
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'eps',
          title: 'Events buried per second',
          description: 'Events that became dead letters, by consumer group.',
          queries: [{ expr: perSecond(m.eventsBuried, ['group']), legend: '{{group}}' }],
          needs: 'a consumer that fails',
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'short',
          title: 'Dead letters by group',
          description: 'Events among the dead letters of each group.',
          queries: [{ expr: ofDatabase(m.deadLetters, ['group']), legend: '{{group}}' }],
        },
      ],
    },
    {
      title: 'Notifications',
      panels: [
        {
          shows: 'lines',
          width: 8,
          unit: 'mps',
          title: 'Notifications written per second',
          description: 'Each user is told of each event once.',
          queries: [{ expr: perSecond(m.notifications), legend: 'notifications' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'short',
          title: 'WebSockets',
          description: 'Open streams over which users hear of notifications, by instance.',
          queries: [{ expr: ofProcesses(m.streams, ['instance']), legend: '{{instance}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'cps',
          title: 'WebSockets that ended per second',
          description: 'By why they ended.',
          queries: [{ expr: perSecond(m.streamsEnded, ['reason']), legend: '{{reason}}' }],
          needs: 'users with an open stream',
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'mps',
          title: 'Emails and SMS per second',
          description: 'Messages handed to the provider of their channel, by outcome.',
          queries: [
            {
              expr: perSecond(m.messagesSent, ['channel', 'outcome']),
              legend: '{{channel}} {{outcome}}',
            },
          ],
          needs: 'a mail server',
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'short',
          title: 'Emails and SMS that wait',
          description: 'Messages that wait for the provider of their channel.',
          queries: [{ expr: ofDatabase(m.messagesWaiting, ['channel']), legend: '{{channel}}' }],
          needs: 'a mail server',
        },
      ],
    },
    {
      title: 'Analytics',
      panels: [
        {
          shows: 'lines',
          width: 24,
          unit: 'eps',
          title: 'Tracked events per second',
          description:
            'Events that clients told the analytics of, by what became of them. Refused ones found no room.',
          queries: [{ expr: perSecond(m.tracks, ['outcome']), legend: '{{outcome}}' }],
          needs: 'clients that track',
        },
      ],
    },
  ],
};
