/** HOTKEYS: which keys take most of the time and of the network, while somebody watches. */
package io.ferrite.node.hot;
