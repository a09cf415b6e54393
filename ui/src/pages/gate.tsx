// SPDX-License-Identifier: Apache-2.0
// Nobody passes without a session. The address stays as it is, so a shared link works after signing in.
import { lazy, Suspense } from 'react';
import { useSession } from '../api/queries';
import { ErrorNotice } from '../components/error-notice';
import { ChangePassword } from './change-password';
import { SetUpFactor } from './set-up-factor';
import { SignIn } from './sign-in';

// Whoever only signs in need not load what comes after.
const Shell = lazy(() => import('./shell'));

const isPast = (time: string | undefined) => time !== undefined && Date.parse(time) <= Date.now();

export function Gate() {
  const { data: session, error, isPending, refetch } = useSession();
  if (isPending) return null;
  if (error) return <ErrorNotice error={error} onRetry={refetch} centred />;
  if (!session) return <SignIn />;
  if (session.must_change_password) return <ChangePassword />;
  if (isPast(session.second_factor_due)) return <SetUpFactor />;
  return (
    <Suspense>
      <Shell session={session} />
    </Suspense>
  );
}
