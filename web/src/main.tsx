// Starts the app: words first, then who we are, then the screens.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import { App } from '@/app/App';
import { startAuth } from '@/features/accounts';
import { startWords, wantedLocale } from '@/shared/i18n';

const root = document.getElementById('root');
if (root !== null) {
  void startAuth();
  void startWords(wantedLocale(location.search)).then(() => {
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
  });
}
