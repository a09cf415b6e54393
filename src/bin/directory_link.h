/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_DIRECTORY_LINK_H
#define BIN_DIRECTORY_LINK_H
/*
 * The people of a directory on their way from the directory process to core: the options, their number, then
 * six strings each. Core trusts the sender with the register's people and with nothing else.
 */
#include "base/buf.h"
#include "people/directory.h"

/* The message: directory_link_begin(), one directory_link_add() for each, directory_link_end(). */
void directory_link_begin(struct buf *message, const struct directory_options *options);
void directory_link_add(struct buf *message, const struct directory_person *person);
void directory_link_end(struct buf *message, size_t count);

/* In core. ERR_PROTOCOL where the message is none. */
int directory_link_receive(struct db *db, struct str payload, struct err *ret_err);

#endif
