// Sign in and sign up: one card, two forms.
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { ProblemError } from '@/shared/api';
import { useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { fieldWords, problemWords } from '@/shared/i18n/problem';
import { Link, navigate, safeNext, usePlace } from '@/shared/router';
import { Banner, Button, Field, Mark } from '@/shared/ui';
import { TriangleAlert } from '@/shared/ui/icons';
import { issuesOf, signInForm, signUpForm, type FieldIssues } from './schema';
import { signIn, signUp } from './session';
import './accounts.css';

interface Failure {
  issues: FieldIssues;
  problem: unknown;
}

const NONE: Failure = { issues: {}, problem: null };

function useForm(send: (values: Record<string, string>) => Promise<FieldIssues | null>) {
  const form = useRef<HTMLFormElement>(null);
  const [failure, setFailure] = useState<Failure>(NONE);
  const [busy, setBusy] = useState(false);
  const { search } = usePlace();

  const focusFirst = (names: string[]) => {
    const fields = [...(form.current?.elements ?? [])].filter((item) => item instanceof HTMLInputElement);
    fields.find((field) => names.includes(field.name))?.focus();
  };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setFailure(NONE);
    try {
      const issues = await send(values);
      if (issues !== null) {
        setFailure({ issues, problem: null });
        focusFirst(Object.keys(issues));
      } else navigate(safeNext(new URLSearchParams(search).get('next')), { replace: true });
    } catch (problem) {
      setFailure({ issues: {}, problem });
      const fields = ((problem as ProblemError).errors ?? []).map((item) => item.pointer.replace('/', ''));
      focusFirst(fields);
    } finally {
      setBusy(false);
    }
  };
  return { form, failure, busy, submit };
}

function SignCard({ title, lead, children, foot }: { title: string; lead: string; children: ReactNode; foot: ReactNode }) {
  return (
    <main id="main" className="sign" tabIndex={-1}>
      <section className="sign-card card">
        <Mark />
        <h1>{title}</h1>
        <p className="sub">{lead}</p>
        {children}
        <p className="sign-foot">{foot}</p>
      </section>
    </main>
  );
}

function useFieldError(failure: Failure) {
  const t = useT();
  return (name: string): string | undefined => {
    const issue = failure.issues[name];
    return issue === undefined ? fieldWords(failure.problem, name, t) : t(`field_errors.${issue}`);
  };
}

function ProblemBanner({ failure }: { failure: Failure }) {
  const t = useT();
  if (failure.problem === null) return null;
  return <Banner tone="bad" role="alert" icon={<TriangleAlert />} title={problemWords(failure.problem, t)} />;
}

export function SignInPage() {
  const t = useT();
  const { search } = usePlace();
  useTitle(t('sign.in'));
  const { form, failure, busy, submit } = useForm(async (values) => {
    const parsed = signInForm.safeParse(values);
    if (!parsed.success) return issuesOf(parsed.error);
    await signIn(parsed.data.handle.replace(/^@/, ''), parsed.data.password);
    return null;
  });
  const error = useFieldError(failure);
  const foot = (
    <>
      {t('sign.no_account')} <Link to={`/sign-up${search}`}>{t('sign.up')}</Link>
    </>
  );
  return (
    <SignCard title={t('sign.in')} lead={t('sign.in_lead')} foot={foot}>
      <form ref={form} onSubmit={submit} noValidate>
        <ProblemBanner failure={failure} />
        <Field id="handle" label={t('sign.handle')} error={error('handle')}>
          {(attributes) => <input name="handle" autoComplete="username" autoCapitalize="none" spellCheck={false} required {...attributes} />}
        </Field>
        <Field id="password" label={t('sign.password')} error={error('password')}>
          {(attributes) => <input name="password" type="password" autoComplete="current-password" required {...attributes} />}
        </Field>
        <Button kind="go" type="submit" wide busy={busy}>
          {t('sign.in')}
        </Button>
      </form>
    </SignCard>
  );
}

export function SignUpPage() {
  const t = useT();
  const { search } = usePlace();
  useTitle(t('sign.up'));
  const { form, failure, busy, submit } = useForm(async (values) => {
    const parsed = signUpForm.safeParse(values);
    if (!parsed.success) return issuesOf(parsed.error);
    await signUp(parsed.data);
    return null;
  });
  const error = useFieldError(failure);
  const foot = (
    <>
      {t('sign.have_account')} <Link to={`/sign-in${search}`}>{t('sign.in')}</Link>
    </>
  );
  return (
    <SignCard title={t('sign.up')} lead={t('sign.up_lead')} foot={foot}>
      <form ref={form} onSubmit={submit} noValidate>
        <ProblemBanner failure={failure} />
        <Field id="display_name" label={t('sign.display_name')} error={error('display_name')} hint={t('sign.display_name_hint')}>
          {(attributes) => <input name="display_name" autoComplete="name" required {...attributes} />}
        </Field>
        <Field id="handle" label={t('sign.handle')} error={error('handle')} hint={t('sign.handle_hint')}>
          {(attributes) => <input name="handle" autoComplete="username" autoCapitalize="none" spellCheck={false} required {...attributes} />}
        </Field>
        <Field id="password" label={t('sign.password')} error={error('password')} hint={t('sign.password_hint')}>
          {(attributes) => <input name="password" type="password" autoComplete="new-password" required {...attributes} />}
        </Field>
        <Button kind="go" type="submit" wide busy={busy}>
          {t('sign.up_do')}
        </Button>
      </form>
    </SignCard>
  );
}
