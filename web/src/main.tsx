// Starts the app: words first, then the screens.
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import { startWords, t, wantedLocale } from '@/shared/i18n';

const root = document.getElementById('root');
if (root !== null) {
  void startWords(wantedLocale(location.search)).then(() => {
    createRoot(root).render(<h1>{t('app.name')}</h1>);
  });
}
