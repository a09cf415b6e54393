// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { spoken } from './i18n';
import './app.css';
import { Console } from './app';
import { watchAttendance } from './lib/attendance';

watchAttendance();

const root = document.getElementById('root');
if (root) {
  spoken.then(() =>
    createRoot(root).render(
      <StrictMode>
        <Console />
      </StrictMode>,
    ),
  );
}
