# The nouns of the wording pack alone, for labels, and for API clients that make sentences of their own.

noun-host = { -host }
noun-guest = { -guest }
noun-consultation = { -consultation }
