/** Users at work: who comes in, what is refused, ACL for clients, files of users. */
package io.ferrite.node.acl;
