//! Wire formats of other clients, one module each. Pure.
