"""What the pages about usage itself show: sources and their health, what arrived, what names mean."""
