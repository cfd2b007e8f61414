/**
 * What can go wrong, as types: one sealed family of checked exceptions, and one unchecked for our
 * own mistakes.
 *
 * <p>Start at {@link dev.bulla.error.BullaException}. The family lives in one package because a
 * sealed family has to; its members are inert data and do no parsing, logging or I/O. Text that
 * came from outside enters a message only through {@link dev.bulla.error.Quoted}. Nothing here
 * decides what a failure means for a verdict: {@code dev.bulla.verify} does.
 */
@NullMarked
package dev.bulla.error;

import org.jspecify.annotations.NullMarked;
