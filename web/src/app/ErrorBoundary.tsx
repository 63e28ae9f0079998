// The last net: a screen that broke says so, and offers the way on.
import { Component, type ReactNode } from 'react';
import { t } from '@/shared/i18n';
import { Button, Notice } from '@/shared/ui';
import { TriangleAlert } from '@/shared/ui/icons';

interface State {
  broken: boolean;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { broken: false };

  static getDerivedStateFromError(): State {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <main id="main" tabIndex={-1}>
        <Notice
          alert
          icon={<TriangleAlert />}
          title={t('broken.title')}
          actions={
            <>
              <Button kind="go" onClick={() => location.reload()}>
                {t('broken.reload')}
              </Button>
              <Button onClick={() => location.assign('/')}>{t('common.home')}</Button>
            </>
          }
        >
          {t('broken.text')}
        </Notice>
      </main>
    );
  }
}
