/**
 * Several servers of one cluster: who is there, who leads, and what may be written by whom. Each
 * server announces itself by a Lease; one more Lease says who leads. No clock is compared with
 * another's: a Lease has run out when this process has not seen it change for as long as it lasts.
 */
package dev.plinth.member;
