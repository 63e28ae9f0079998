// The connection test: which ways to the server are open from here, and what helps where none is.
import { useCallback, useEffect, useState } from 'react';
import { count } from '@/shared/format';
import { useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Banner, Button, Spinner } from '@/shared/ui';
import { Check, RefreshCw, TriangleAlert } from '@/shared/ui/icons';
import { examine, LEGS, untested, verdict, type Leg, type Result, type Results, type Verdict } from './legs';
import './doctor.css';

const TONES: Record<Verdict, 'plain' | 'ok' | 'warn' | 'bad'> = {
  testing: 'plain',
  good: 'ok',
  detour: 'ok',
  relay: 'warn',
  blocked: 'bad',
  clock: 'warn',
  no_socket: 'bad',
  no_server: 'bad',
};

function Mark({ result }: { result: Result }) {
  if (result.state === 'testing') return <Spinner />;
  if (result.state === 'ok') return <Check aria-hidden="true" />;
  if (result.state === 'failed') return <TriangleAlert aria-hidden="true" />;
  return null;
}

function words(t: ReturnType<typeof useT>, leg: Leg, result: Result): string {
  if (result.state === 'ok') return t('doctor.state_ok', { ms: count(result.ms) });
  return t(leg === 'clock' && result.state === 'failed' ? 'doctor.state_differs' : `doctor.state_${result.state}`);
}

function Row({ leg, result }: { leg: Leg; result: Result }) {
  const t = useT();
  return (
    <li className={`leg ${result.state}`} data-testid={`leg-${leg}`} data-state={result.state}>
      <span className="leg-mark">
        <Mark result={result} />
      </span>
      <span className="grow">
        <b>{t(`doctor.leg_${leg}`)}</b>
        <span className="dim">{t(`doctor.leg_${leg}_text`)}</span>
      </span>
      <span className="leg-state">{words(t, leg, result)}</span>
    </li>
  );
}

function DoctorPage() {
  const t = useT();
  useTitle(t('doctor.title'));
  const [results, setResults] = useState<Results>(untested);
  const [run, setRun] = useState(0);
  useEffect(() => {
    let here = true;
    setResults(untested());
    void examine((leg, result) => {
      if (here) setResults((before) => ({ ...before, [leg]: result }));
    });
    return () => {
      here = false;
    };
  }, [run]);
  const again = useCallback(() => setRun((before) => before + 1), []);
  const word = verdict(results);
  const tone = TONES[word];
  return (
    <main id="main" className="doctor" tabIndex={-1}>
      <div className="sect">
        <h1>{t('doctor.title')}</h1>
        <Button small disabled={word === 'testing'} onClick={again}>
          <RefreshCw aria-hidden="true" />
          {t('doctor.again')}
        </Button>
      </div>
      <Banner tone={tone} icon={word === 'testing' ? <Spinner /> : tone === 'ok' ? <Check /> : <TriangleAlert />} title={t(`doctor.verdict_${word}`)}>
        {t(`doctor.verdict_${word}_text`)}
      </Banner>
      <ul className="legs" aria-label={t('doctor.legs')}>
        {LEGS.map((leg) => (
          <Row key={leg} leg={leg} result={results[leg]} />
        ))}
      </ul>
    </main>
  );
}

export default DoctorPage;
