// SPDX-License-Identifier: Apache-2.0
import { PhoneOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { personPath } from '../../lib/links';

/** What a telephone dials: digits and a plus. */
const dialled = (phone: string) => phone.replace(/[^\d+]/g, '');

export function Phone({ number }: { number: string }) {
  const { t } = useTranslation();
  return (
    <a className="register-phone number" href={`tel:${dialled(number)}`} aria-label={t('register.call', { number })}>
      <PhoneOutlined aria-hidden /> {number}
    </a>
  );
}

interface Props {
  person: number;
  name: string | undefined;
  phone?: string;
}

export function Contact({ person, name, phone }: Props) {
  return (
    <span className="register-contact">
      <Link to={personPath(person)}>{name}</Link>
      {phone && <Phone number={phone} />}
    </span>
  );
}
