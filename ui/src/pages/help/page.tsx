// SPDX-License-Identifier: Apache-2.0
// The guide of doc/guide, in the language of the console, a chapter at a time. It comes with the console and needs no network.
import { useQuery } from '@tanstack/react-query';
import Markdown from 'markdown-to-jsx/react';
import { type ComponentProps, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, useLocation, useParams } from 'react-router';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { NotFound } from '../fault';
import { CHAPTERS, isChapter, readChapter } from './guide';
import '../../styles/help.css';

/** A link between chapters stays in the console; what leads out opens beside it. */
function GuideLink({ href = '', children, ...rest }: ComponentProps<'a'>) {
  const chapter = /^([\w-]+)\.md(#[\w-]+)?$/.exec(href);
  if (rest.id) return <span {...rest} />;
  if (chapter) return <Link to={`/help/${chapter[1]}${chapter[2] ?? ''}`}>{children}</Link>;
  if (href.startsWith('#')) return <Link to={href}>{children}</Link>;
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

const OPTIONS = { overrides: { a: GuideLink }, forceBlock: true };

/** The browser looks for the part that is meant before the chapter is there. */
function Chapter({ text }: { text: string }) {
  const { hash } = useLocation();
  useEffect(() => {
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
    else document.getElementById('main')?.scrollTo(0, 0);
  }, [hash, text]);
  return (
    <article className="panel guide" data-testid="guide">
      <Markdown options={OPTIONS}>{text}</Markdown>
    </article>
  );
}

export function Component() {
  const { t, i18n } = useTranslation();
  const { chapter = CHAPTERS[1] } = useParams();
  const query = useQuery({
    queryKey: ['guide', i18n.language, chapter],
    queryFn: () => readChapter(i18n.language, chapter),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: undefined,
  });
  if (!isChapter(chapter)) return <NotFound />;
  return (
    <>
      <PageHead title={t('help.title')} />
      <div className="guide-frame">
        <nav className="guide-chapters" aria-label={t('help.title')}>
          {CHAPTERS.map((name) => (
            <NavLink key={name} to={`/help/${name}`}>
              {t(`help.${name}`)}
            </NavLink>
          ))}
        </nav>
        <Loaded query={query}>{(text) => <Chapter text={text} />}</Loaded>
      </div>
    </>
  );
}
