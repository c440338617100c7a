"""An app of a single figure: what of a page's time is Streamlit's own."""

import streamlit as st

st.metric("figure", 1)
