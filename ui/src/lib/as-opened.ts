// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';

/**
 * A thing as it was when its form was opened. Pages follow what others do; a form must not: sent with the version of
 * today, what was read yesterday would overwrite unseen what somebody wrote meanwhile.
 */
export function useAsOpened<T>(live: T, open = true) {
  const [opened, keep] = useState(live);
  const [isFollowing, setFollowing] = useState(false);
  if (!open && isFollowing) setFollowing(false);
  if ((!open || isFollowing) && opened !== live) keep(live);
  return {
    opened,
    /** Goes on from what was just saved. */
    keep,
    /** From now on the newest, until it is closed: who is asked knows that somebody was faster. */
    follow: () => setFollowing(true),
  };
}
