/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/evtx.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <libbfio.h>
#include <libevtx.h>

#include "base/buf.h"

#define MEMBER_MAX ((uint64_t)4 << 30) /* bytes; Windows makes them 20 MiB unless told otherwise */
#define HEAD_SIZE 4096                 /* bytes of the file's head; then come chunks */
#define CHUNK_SIZE 65536
#define SIGNATURE "ElfFile" /* and its NUL: the first bytes of the file's head */

struct evtx {
	void *bytes; /* the file, and zeros up to the end of its last chunk */
	size_t len;
	bool cut_off; /* the file ends inside a chunk */
	libbfio_handle_t *handle;
	libevtx_file_t *file;
	int records, recovered; /* those that the file counts; those found otherwise */
	int next;               /* of both, one behind the other */
	int damaged;
	bool told_rest;
	struct buf xml;
};

static bool test(struct str head)
{
	return str_starts(head, str_of(SIGNATURE, sizeof(SIGNATURE)));
}

static void close_file(void *state)
{
	struct evtx *evtx = state;

	if (evtx->file)
		libevtx_file_free(&evtx->file, NULL);
	if (evtx->handle)
		libbfio_handle_free(&evtx->handle, NULL);
	if (evtx->bytes)
		munmap(evtx->bytes, evtx->len);
	buf_done(&evtx->xml);
	free(evtx);
}

/* libevtx asks for nothing but memory: a mapping, and libbfio's handle on it. */
static bool open_library(struct evtx *evtx)
{
	return libbfio_memory_range_initialize(&evtx->handle, NULL) == 1 &&
	       libbfio_memory_range_set(evtx->handle, evtx->bytes, evtx->len, NULL) == 1 &&
	       libevtx_file_initialize(&evtx->file, NULL) == 1 &&
	       libevtx_file_open_file_io_handle(evtx->file, evtx->handle, LIBEVTX_OPEN_READ, NULL) == 1 &&
	       libevtx_file_get_number_of_records(evtx->file, &evtx->records, NULL) == 1;
}

/* Windows closed it, and its parts fit together: what lies between them is left over from older events. */
static bool is_whole(const struct evtx *evtx)
{
	uint32_t flags = 0;

	return libevtx_file_is_corrupted(evtx->file, NULL) != 1 &&
	       libevtx_file_get_flags(evtx->file, &flags, NULL) == 1 && !(flags & LIBEVTX_FILE_FLAG_IS_DIRTY);
}

/* Maps the file. libevtx reads nothing of a chunk that is not all there, so its rest is added. */
static bool map_file(struct evtx *evtx, int fd)
{
	struct stat status;
	uint64_t size, rest;
	void *bytes;

	if (fstat(fd, &status) < 0 || status.st_size < HEAD_SIZE)
		return false;
	size = (uint64_t)status.st_size;
	rest = (size - HEAD_SIZE) % CHUNK_SIZE;
	evtx->cut_off = rest != 0;
	evtx->len = (size_t)(size + (rest ? CHUNK_SIZE - rest : 0));
	bytes = mmap(NULL, evtx->len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		return false;
	evtx->bytes = bytes;
	return mmap(bytes, (size_t)size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) != MAP_FAILED;
}

static int open_file(int fd, void **ret_state, struct err *ret_err)
{
	struct evtx *evtx = calloc(1, sizeof(*evtx));

	must(evtx);
	if (!map_file(evtx, fd) || !open_library(evtx)) {
		close_file(evtx);
		return err_set(ret_err, ERR_CORRUPT, 0, 0, "damaged: its head cannot be read");
	}
	if (!is_whole(evtx) &&
	    libevtx_file_get_number_of_recovered_records(evtx->file, &evtx->recovered, NULL) != 1)
		evtx->recovered = 0;
	*ret_state = evtx;
	return 0;
}

static size_t hex_digits(struct str text)
{
	size_t len = 0;

	while (len < text.len &&
	       (char_is_digit(text.ptr[len]) || (text.ptr[len] >= 'a' && text.ptr[len] <= 'f')))
		len++;
	return len;
}

/* A hexadecimal number, where it is all of an element's text, as Windows renders it: libevtx fills it up with
   zeros to the width of its type, so that 0x3e7 would not be found. */
static void trim_numbers(struct buf *xml)
{
	static const struct str mark = STR(">0x");
	struct str rest = buf_str(xml);
	char *out = xml->ptr;
	size_t at;

	while ((at = str_find(rest, mark)) != STR_NOT_FOUND) {
		struct str digits = str_from_offset(rest, at + mark.len);
		const size_t len = hex_digits(digits);
		size_t zeros = 0;

		if ((len == 8 || len == 16) && digits.len > len && digits.ptr[len] == '<')
			while (zeros < len - 1 && digits.ptr[zeros] == '0')
				zeros++;
		memmove(out, rest.ptr, at + mark.len);
		out += at + mark.len;
		rest = str_from_offset(digits, zeros);
	}
	memmove(out, rest.ptr, rest.len);
	xml->len = (size_t)(out - xml->ptr) + rest.len;
}

/* The XML of an event into evtx->xml. */
static bool read_xml(struct evtx *evtx, libevtx_record_t *record)
{
	size_t size = 0;

	if (libevtx_record_get_utf8_xml_string_size(record, &size, NULL) != 1 || size < 2 ||
	    size > EVTX_XML_MAX)
		return false;
	buf_clear(&evtx->xml);
	if (libevtx_record_get_utf8_xml_string(record, (uint8_t *)buf_reserve(&evtx->xml, size), size,
					       NULL) != 1)
		return false;
	evtx->xml.len = size - 1; /* its end is a NUL */
	trim_numbers(&evtx->xml);
	return true;
}

static bool read_event(struct evtx *evtx, int index)
{
	libevtx_record_t *record = NULL;
	bool good;

	if (index < evtx->records)
		good = libevtx_file_get_record_by_index(evtx->file, index, &record, NULL) == 1;
	else
		good = libevtx_file_get_recovered_record_by_index(evtx->file, index - evtx->records, &record,
								  NULL) == 1;
	good = good && read_xml(evtx, record);
	if (record)
		libevtx_record_free(&record, NULL);
	return good;
}

/* What there is to say at the end; ERR_END when nothing is left. */
static int tell_rest(struct evtx *evtx, struct err *ret_err)
{
	if (evtx->told_rest)
		return ERR_END;
	evtx->told_rest = true;
	if (evtx->damaged > EVTX_TOLD_MAX)
		return err_set(ret_err, ERR_CORRUPT, 0, 0, "damaged: %d of %d events cannot be read",
			       evtx->damaged, evtx->records + evtx->recovered);
	if (evtx->cut_off)
		return err_set(ret_err, ERR_CORRUPT, 0, 0, "damaged: it is cut off; %d events were read",
			       evtx->records + evtx->recovered - evtx->damaged);
	if (libevtx_file_is_corrupted(evtx->file, NULL) == 1)
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "damaged: %d events were read, %d of them from damaged parts",
			       evtx->records + evtx->recovered - evtx->damaged, evtx->recovered);
	return ERR_END;
}

static int next(void *state, struct str *ret_record, struct err *ret_err)
{
	struct evtx *evtx = state;

	while (evtx->next < evtx->records + evtx->recovered) {
		const int index = evtx->next++;

		if (read_event(evtx, index)) {
			*ret_record = str_trim(buf_str(&evtx->xml));
			return 0;
		}
		if (++evtx->damaged <= EVTX_TOLD_MAX)
			return err_set(ret_err, ERR_CORRUPT, 0, 0, "damaged: event %d of %d cannot be read",
				       index + 1, evtx->records + evtx->recovered);
	}
	return tell_rest(evtx, ret_err);
}

const struct reader_format evtx_format = {
	.name = "a Windows event file (EVTX)",
	.max = MEMBER_MAX,
	.test = test,
	.open = open_file,
	.next = next,
	.close = close_file,
};
