/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_EVTX_H
#define COLLECT_EVTX_H
/*
 * Windows XML event log files (EVTX), by libevtx: each event is one record, its XML
 * in UTF-8 as libevtx writes it, which content/sources/windows/xml.yaml recognises.
 *
 * First the events of the chunks that the file's head counts, then those found
 * behind them or in damaged chunks, as in a copy of a log in use. An event that
 * cannot be read is told of by its number and left out; beyond EVTX_TOLD_MAX their
 * count only.
 */
#include "collect/reader_format.h"

#define EVTX_TOLD_MAX 5                         /* events that are told of one by one */
#define EVTX_XML_MAX ((size_t)32 * 1024 * 1024) /* bytes of an event's XML: its chunk has 64 KiB */

extern const struct reader_format evtx_format;

#endif
